import { deflateSync, inflateSync, crc32 } from 'node:zlib'

/** A picture without transparency: three bytes for each point. */
interface Picture {
  width: number
  height: number
  points: Uint8Array
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MOST_COLOURS = 256

/**
 * The same picture with at most 256 colours, which a page of text hardly notices, in a third of the bytes.
 * @throws Error for a PNG of a kind that Chromium does not write
 */
export function smallPng(png: Buffer): Buffer {
  const picture = decode(png)
  const palette = paletteOf(picture)
  return encode(picture, palette)
}

function decode(png: Buffer): Picture {
  const parts: Buffer[] = []
  let head: Buffer = Buffer.alloc(0)
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') head = data
    if (type === 'IDAT') parts.push(data)
    at += 12 + length
  }
  const width = head.readUInt32BE(0)
  const height = head.readUInt32BE(4)
  const channels = { 2: 3, 6: 4 }[head[9] ?? 0]
  if (head[8] !== 8 || channels === undefined)
    throw new Error('This is no PNG as browsers write it.')
  const raw = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels)
  const points = new Uint8Array(width * height * 3)
  for (let point = 0; point < width * height; point++) {
    for (let one = 0; one < 3; one++) points[point * 3 + one] = raw[point * channels + one] ?? 0
  }
  return { width, height, points }
}

/** Takes the filters of the lines back (PNG specification, 9.2). */
function unfiltered(data: Buffer, stride: number, channels: number): Uint8Array {
  const height = data.length / (stride + 1)
  const out = new Uint8Array(height * stride)
  for (let line = 0; line < height; line++) {
    const filter = data[line * (stride + 1)] ?? 0
    for (let index = 0; index < stride; index++) {
      const at = line * stride + index
      const left = index >= channels ? (out[at - channels] ?? 0) : 0
      const up = line > 0 ? (out[at - stride] ?? 0) : 0
      const corner = index >= channels && line > 0 ? (out[at - stride - channels] ?? 0) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      out[at] = (data[line * (stride + 1) + 1 + index] ?? 0) + guess
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(guess - one))
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
}

/**
 * The colours that would be missed most, each as one number: those used often, and those used seldom
 * that are like no other, such as a small sign. What is not among them is shown as the nearest.
 */
function paletteOf({ points }: Picture): number[] {
  const counts = new Map<number, number>()
  for (let at = 0; at < points.length; at += 3) {
    const colour = colourAt(points, at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const left = [...counts].map(([colour, count]) => ({ colour, count, away: Infinity }))
  const palette: number[] = []
  while (palette.length < Math.min(MOST_COLOURS, counts.size)) {
    const [first, ...others] = left
    if (first === undefined) break
    const worst = others.reduce(
      (most, one) => (one.count * one.away > most.count * most.away ? one : most),
      first
    )
    palette.push(worst.colour)
    for (const one of left) one.away = Math.min(one.away, distance(one.colour, worst.colour))
  }
  return palette
}

function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16)
  const green = ((one >> 8) & 255) - ((other >> 8) & 255)
  const blue = (one & 255) - (other & 255)
  return red * red + green * green + blue * blue
}

function colourAt(points: Uint8Array, at: number): number {
  return ((points[at] ?? 0) << 16) | ((points[at + 1] ?? 0) << 8) | (points[at + 2] ?? 0)
}

function encode({ width, height, points }: Picture, palette: readonly number[]): Buffer {
  const indexOf = new Map(palette.map((colour, index) => [colour, index]))
  const lines = Buffer.alloc(height * (width + 1))
  for (let point = 0; point < width * height; point++) {
    const colour = colourAt(points, point * 3)
    const index = indexOf.get(colour) ?? nearest(colour, palette)
    indexOf.set(colour, index)
    lines[Math.floor(point / width) * (width + 1) + 1 + (point % width)] = index
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3], 8)
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0))
  ])
}

function nearest(colour: number, palette: readonly number[]): number {
  let best = 0
  let least = Infinity
  for (const [index, one] of palette.entries()) {
    const away = distance(one, colour)
    if (away < least) [best, least] = [index, away]
  }
  return best
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
