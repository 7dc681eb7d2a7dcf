import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose IPv4 blocks, groups and what is kept for later; and Azure's host, which answers on a public address. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** All that is global unicast; what maps or translates IPv4 addresses is elsewhere, but for the blocks below. */
const GLOBAL_UNICAST = '2000::/3';
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (blocks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};

const refused = listOf(NOT_PUBLIC, 'ipv4');
const global6 = listOf([GLOBAL_UNICAST], 'ipv6');
const refused6 = listOf(NOT_PUBLIC_6, 'ipv6');

/** Whether an address is one of the public internet: not private, of a link, of a cloud's metadata, of a group, mapped, or kept for later. */
export function isPublic(address: string): boolean {
  // One with a zone is of a link.
  if (address.includes('%')) return false;
  if (isIP(address) === 4) return !refused.check(address, 'ipv4');
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !refused6.check(address, 'ipv6');
}
