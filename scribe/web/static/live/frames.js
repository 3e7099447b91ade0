// The form in which sound travels to the server: scribe/capture/stream.py describes it field by field.

const TABLE = new Uint32Array(256).map((_, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (the one of zlib) of bytes, going on from an earlier one. */
export function crc32(bytes, before = 0) {
  let value = ~before >>> 0;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

const HEADER = 26;
export const GAP = 2; // flag: what lies before this frame is lost here and will never come

/** A frame of sound. `session`: a BigInt; `seq` counts the frames of a connection; `first`: its first sample's number. */
export function encode(session, seq, first, samples, flags = 0) {
  const bytes = new Uint8Array(HEADER + 2 * samples.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x53);
  view.setUint8(1, 1);
  view.setUint16(2, flags, true);
  view.setBigUint64(4, session, true);
  view.setUint32(12, seq, true);
  view.setBigUint64(16, BigInt(first), true);
  view.setUint16(24, samples.length, true);
  for (let at = 0; at < samples.length; at++) view.setInt16(HEADER + 2 * at, samples[at], true);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}
