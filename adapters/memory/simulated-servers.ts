import { ServerUnavailableError } from '../../shared/errors/secret-errors.ts';
import type { RotatedSystem } from '../../shared/secrets/rotation/rotated-system.ts';
import type { SecretFields } from '../../shared/secrets/secret-document.ts';

/** A server that is simulated: whom it lets in, by user and password. */
export class SimServer {
  readonly valid = new Map<string, Set<string>>();
  down = false;

  constructor(user: string, password: string) {
    this.valid.set(user, new Set([password]));
  }

  admits({ username, password }: SecretFields): boolean {
    if (this.down) throw new ServerUnavailableError('The server does not answer.');
    return this.valid.get(String(username))?.has(String(password)) ?? false;
  }

  /** Every credential that would be let in. */
  get credentials(): string[] {
    return [...this.valid].flatMap(([user, passwords]) => [...passwords].map((password) => `${user}:${password}`)).sort();
  }

  /** As a server would: by someone whom it lets in. */
  change(by: SecretFields, user: string, change: (passwords: Set<string>) => void): void {
    if (!this.admits(by)) throw new Error(`${String(by['username'])} is not let in`);
    const passwords = this.valid.get(user) ?? new Set<string>();
    change(passwords);
    this.valid.set(user, passwords);
  }
}

const common = (server: SimServer) => ({
  problemOf: ({ username, password }: SecretFields) =>
    typeof username === 'string' && typeof password === 'string' ? undefined : 'it has no username or no password.',
  admits: async (fields: SecretFields) => server.admits(fields),
});

/** One user with two passwords at once, as MySQL, Redis and two-key services have it. */
export const dual = (server: SimServer): RotatedSystem => ({
  ...common(server),
  name: 'dual',
  overlaps: true,
  identityOf: ({ host, username }) => `${String(host)}/${String(username)}`,
  next: (_current, make) => ({ password: make() }),
  install: async ({ pending, by }) =>
    server.change(by, String(pending['username']), (passwords) => passwords.add(String(pending['password']))),
  revoke: async ({ old, by }) =>
    server.change(by, String(old['username']), (passwords) => passwords.delete(String(old['password']))),
});

/** Two users that take turns, each with one password. */
export const alternating = (server: SimServer): RotatedSystem => ({
  ...common(server),
  name: 'alternating',
  overlaps: true,
  identityOf: ({ host, username }) => `${String(host)}/${base(username)}`,
  next: ({ username }, make) => ({
    username: String(username).endsWith('_clone') ? base(username) : `${base(username)}_clone`,
    password: make(),
  }),
  install: async ({ pending, by }) =>
    server.change(by, String(pending['username']), (passwords) => {
      passwords.clear();
      passwords.add(String(pending['password']));
    }),
  revoke: async ({ old, by }) => server.change(by, String(old['username']), (passwords) => passwords.clear()),
});

const base = (username: unknown): string => String(username).replace(/_clone$/, '');

/** One user with one password: the old one goes with the new one's coming. */
export const single = (server: SimServer): RotatedSystem => ({
  ...dual(server),
  name: 'single',
  overlaps: false,
  install: async ({ pending, by }) =>
    server.change(by, String(pending['username']), (passwords) => {
      passwords.clear();
      passwords.add(String(pending['password']));
    }),
  revoke: async () => {},
});
