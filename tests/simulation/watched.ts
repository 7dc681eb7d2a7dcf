/** What the watches of single items know of the rest. */
export interface Watched {
  say(violation: string): void;
  /** The run that holds a lock. */
  holder(resource: string): string | undefined;
}
