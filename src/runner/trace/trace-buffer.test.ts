import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TraceBuffer } from './trace-buffer.ts';

describe('the log buffer', () => {
  it('counts and checks exactly the bytes that it gives out', () => {
    const trace = new TraceBuffer();
    const pieces = [Buffer.from('one\n'), Buffer.alloc(40_000, 'x'), Buffer.from('€')];
    for (const piece of pieces) trace.append(piece);
    const all = Buffer.concat(pieces);
    expect(trace.slice(0, 1_000_000)).toEqual(all);
    expect(trace.slice(2, 5)).toEqual(all.subarray(2, 7));
    expect(trace.checksum).toBe(`crc32:${crc32(all).toString(16).padStart(8, '0')}`);
  });

  it('has a checksum without bytes', () => {
    expect(new TraceBuffer().checksum).toBe('crc32:00000000');
  });

  it('is cut at the limit between two characters, says so, and drops the rest', () => {
    const trace = new TraceBuffer(10);
    trace.append(Buffer.from('12345678€€'));
    trace.append(Buffer.from('more'));
    const text = trace.slice(0, 1000).toString('utf8');
    expect(text).toBe(
      "12345678\n\u001b[33;1mJob's log exceeded limit of 10 bytes.\n" +
        'Job execution will continue but no more output will be collected.\u001b[0;m\n',
    );
    expect(trace.isFull).toBe(true);
  });
});
