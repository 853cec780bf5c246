/** The part of WebAssembly that is used here; only the DOM's type library describes it, and there is no DOM. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<CompiledModule>;
  instantiate(module: CompiledModule, imports: object): Promise<{ readonly exports: unknown }>;
  readonly RuntimeError: new () => Error;
}

export interface CompiledModule {
  readonly isCompiledModule: never;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
