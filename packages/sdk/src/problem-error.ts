import { Problem, problemKinds, type FieldError, type ProblemCode } from '@earmark/contracts';

/** The API refused a call. `message` is the sentence of the answer; `code` is for programs. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly requestId: string | null,
    readonly errors: readonly FieldError[],
    /** Seconds to wait before trying again, when the API said so. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(detail);
  }

  /** Whether the same call may succeed later. */
  get isRetryable(): boolean {
    return isKnown(this.code) ? new Problem(this.code, '').kind.retryable : this.status >= 502;
  }
}

const isKnown = (code: string): code is ProblemCode => code in problemKinds;

/** The error that an answer with a status of 400 or more means. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body = fieldsOf(await response.text());
  return new ApiError(
    response.status,
    typeof body.code === 'string' ? body.code : 'unknown',
    typeof body.detail === 'string' ? body.detail : `The server answered ${response.status}.`,
    response.headers.get('x-request-id'),
    Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

function fieldsOf(text: string): Partial<Record<'code' | 'detail' | 'errors', unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // A proxy's page, not the API's answer: the status says all there is to say.
    return {};
  }
}
