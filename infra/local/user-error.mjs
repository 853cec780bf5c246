/**
 * Something the person at the keyboard can change: its message is one sentence that says what to do, and no stack is shown.
 * Recognised by its name, because packages have their own class of that name.
 */
export class UserError extends Error {
  name = 'UserError';
}
