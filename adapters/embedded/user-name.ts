import { userInfo } from 'node:os';

/** Who runs this process, for the audit trail; by number where the machine knows no name for it, as in many containers. */
export function userName(info: () => { readonly username: string } = userInfo, uid = process.getuid?.()): string {
  try {
    return info().username;
  } catch {
    return uid === undefined ? 'unknown' : `uid-${uid}`;
  }
}
