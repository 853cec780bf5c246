import { decodePath, type Exchange } from './exchange.js';
import { checkRead } from './conditions.js';
import type { ObjectStore } from './object-store.js';
import { S3Error } from './s3-error.js';
import type { ObjectRecord } from './state.js';

/** The object that `x-amz-copy-source` names, if it is as the request demands; a changed one is `PreconditionFailed`. */
export function copySource(exchange: Exchange, store: ObjectStore): ObjectRecord {
  const [path = '', version] = exchange.header('x-amz-copy-source').split('?');
  if (version !== undefined) throw new S3Error('NotImplemented');
  if (exchange.header('x-amz-copy-source-if-modified-since') + exchange.header('x-amz-copy-source-if-unmodified-since') !== '') {
    throw new S3Error('NotImplemented');
  }
  const source = decodePath(path).replace(/^\//, '');
  const slash = source.indexOf('/');
  if (slash < 1) throw new S3Error('InvalidArgument', 'x-amz-copy-source must be /bucket/key.');
  const object = store.object(source.slice(0, slash), source.slice(slash + 1));
  try {
    checkRead(
      { ifMatch: exchange.header('x-amz-copy-source-if-match'), ifNoneMatch: exchange.header('x-amz-copy-source-if-none-match') },
      object,
    );
  } catch (error) {
    // S3 says 412 here where a GET would say 304.
    throw error instanceof S3Error ? new S3Error('PreconditionFailed') : error;
  }
  return object;
}
