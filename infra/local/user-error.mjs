/** Something the person at the keyboard can change: its message is one sentence that says what to do, and no stack is shown. */
export class UserError extends Error {}
