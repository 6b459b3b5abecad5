import t from 'tap';
import { BodyBytes } from '../../src/server/body-bytes.ts';
import { LARGE_BODY_BYTES, MAX_BODY_BYTES } from '../../src/server/limits.ts';

/** Three bytes each in UTF-8: chunks end inside of characters. */
const text = (bytes: number) => '\u9632'.repeat(bytes / 3);

t.test('what comes in chunks is read as one text', async (t) => {
  const sizes = [0, 3, LARGE_BODY_BYTES - 1, LARGE_BODY_BYTES + 2, 3 * LARGE_BODY_BYTES];
  for (const size of sizes) {
    const whole = Buffer.from(text(size));
    for (const step of [1000, 16_384, 65_536, whole.length + 1]) {
      const bytes = new BodyBytes();
      for (let at = 0; at < whole.length; at += step) bytes.add(whole.subarray(at, at + step));
      t.equal(bytes.length, whole.length);
      t.equal(bytes.isLarge, whole.length > LARGE_BODY_BYTES, `${size} bytes`);
      t.ok(bytes.takeText() === whole.toString(), `${size} bytes in chunks of ${step}`);
    }
  }
});

t.test('the memory of a large body goes back at once', async (t) => {
  const chunk = Buffer.alloc(MAX_BODY_BYTES, 'a');
  const bytes = new BodyBytes();
  const { external: before } = process.memoryUsage();
  bytes.add(chunk);
  t.ok(process.memoryUsage().external - before >= MAX_BODY_BYTES, 'it is held');
  bytes.drop();
  t.ok(process.memoryUsage().external - before < MAX_BODY_BYTES / 10, 'it is given back');
  const read = new BodyBytes();
  read.add(chunk);
  t.equal(read.takeText().length, MAX_BODY_BYTES);
  t.equal(read.takeText(), '', 'what was read is no longer held');
});
