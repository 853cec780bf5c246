export { default } from '@earmark/config-eslint';
