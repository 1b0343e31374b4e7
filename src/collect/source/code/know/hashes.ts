import { alternativesOf, isNullish, native, oneOf, unknown, type Value } from '../interpret/value.ts';
import { hashOf } from './crypto.ts';

const packages = /^(?:@oslojs\/(?:crypto|encoding|binary)|oslo|@noble\/hashes|js-sha\d+|md5)$/;
const hashName = /^(?:sha|blake|keccak|md)\w*$/i;
const writingName = /^(?:encode|decode)(?:Hex|Base\d+)\w*$|^(?:bytesToHex|hexToBytes|utf8ToBytes|toBytes)$/;

/**
 * Hashes and encodings that are functions of their own (`encodeHex(sha256(bytes))`), as apps with sessions of their own use them. What goes
 * in stays known: the hash of the token in the caller's cookie is looked up for the caller.
 */
export function hashPackage(packageName: string, name: string): Value | undefined {
  if (!packages.test(packageName)) return undefined;
  if (!hashName.test(name) && !writingName.test(name) && (packageName !== 'md5' || name !== 'default')) return undefined;
  return native(({ machine, args }) => {
    const given = args[0] ? machine.settle(args[0]) : unknown;
    // Null has no hash: such a path ends in an error.
    const there = alternativesOf(given).filter(({ value }) => !isNullish(value));
    return oneOf(there.map(({ value, state }) => ({ value: hashOf(value), state })));
  });
}
