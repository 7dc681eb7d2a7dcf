/** From the least to the most: each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

export const atLeast = (role: Role | undefined, least: Role): boolean =>
  role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);

export const higher = (a: Role | undefined, b: Role | undefined): Role | undefined =>
  a === undefined || (b !== undefined && atLeast(b, a)) ? b : a;
