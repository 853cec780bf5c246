/** Something the person at the keyboard can change: the message says what to do, and the launcher shows it without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
