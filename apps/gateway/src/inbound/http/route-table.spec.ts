import { describe, expect, it } from '@jest/globals';
import { allRoutes } from '@earmark/contracts/catalogue';
import { RouteTable } from './route-table.js';

const table = new RouteTable(allRoutes);

describe('the route table', () => {
  it.each(allRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))('finds %s', (_name, route) => {
    const path = route.path.replaceAll('{', 'x-').replaceAll('}', '');
    expect(table.match(route.method, path)).toMatchObject({ kind: 'route', route: { name: route.name } });
  });

  it('decodes parameters and lets literals win', () => {
    expect(table.match('GET', '/datasets/a%20b')).toMatchObject({ kind: 'route', params: { dataset_id: 'a b' } });
    expect(table.match('POST', '/datasets/x/audio/confirm')).toMatchObject({ route: { name: 'catalog.confirm-upload' } });
  });

  it('accepts one trailing slash and answers HEAD as GET', () => {
    expect(table.match('HEAD', '/datasets/')).toMatchObject({ route: { name: 'catalog.list-datasets' } });
    expect(table.match('GET', '/datasets//')).not.toMatchObject({ route: { name: 'catalog.list-datasets' } });
  });

  it('says which methods there are', () => {
    expect(table.match('PUT', '/datasets')).toEqual({ kind: 'other-method', allow: ['POST', 'GET', 'HEAD', 'OPTIONS'] });
  });

  it.each(['/', '', '/nothing', '/datasets/%zz', '/datasets/%c0%af', '/datasets/a/b/c/d/e/f/g'])(
    'leads nowhere for %s',
    (path) => {
      expect(table.match('GET', path)).toEqual({ kind: 'nowhere' });
    },
  );
});
