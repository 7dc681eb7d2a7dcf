/** A release cannot be made, or was taken back. The message tells the fact and the next action. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}
