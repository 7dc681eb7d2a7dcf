import ssh2 from 'ssh2';

/**
 * A new Ed25519 key pair in OpenSSH's own format. ssh2 (1.17) takes the zero bytes at the beginning of a public key for padding and leaves them
 * out: one key in 256 is none that anybody could load, and is made again.
 */
export function ed25519Pair(comment = ''): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
