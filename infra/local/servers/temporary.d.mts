export interface TemporaryServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  readonly logFile: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  remove(): void;
}
export interface TemporaryS3 extends TemporaryServer {
  readonly account: { accessKey: string; secretKey: string; region: string; bucket: string };
  createBucket(): Promise<void>;
}
export function temporaryNats(): Promise<TemporaryServer>;
export function temporaryPostgres(): Promise<TemporaryServer>;
export function temporaryS3(): Promise<TemporaryS3>;
