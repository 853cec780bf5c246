/** A piece of a generated document: plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The version of the public API and of the documents; the path prefix carries its first number. */
export const apiVersion = '1.0.0';

/** `catalog.create-dataset` -> `createDataset`. */
export function camelName(contractName: string): string {
  const action = contractName.slice(contractName.indexOf('.') + 1);
  return action.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `catalog.create-dataset` -> `CreateDataset`. */
export function pascalName(contractName: string): string {
  const camel = camelName(contractName);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}
