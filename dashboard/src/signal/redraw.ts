import { Component, Fragment, options, type FunctionComponent, type VNode } from 'preact'
import { createReader, forgetReader, readBy } from './reader.ts'

/**
 * Has each component drawn again when a signal changes that it has read, and not when it is given what
 * it has: what is half typed into a control stays when what is around it is drawn.
 */
export function redrawOnSignals(): void {
  options.vnode = (vnode) => {
    const { type } = vnode
    if (isFunction(type)) vnode.type = readingOf(type)
  }
}

function isFunction(type: VNode['type']): type is FunctionComponent {
  return typeof type === 'function' && type !== Fragment && !(type.prototype instanceof Component)
}

const readings = new Map<FunctionComponent, ReturnType<typeof createReading>>()

/** The same for the same component, or it would be another one each time that it is drawn. */
function readingOf(draw: FunctionComponent) {
  const reading = readings.get(draw) ?? createReading(draw)
  readings.set(draw, reading)
  return reading
}

function createReading(draw: FunctionComponent) {
  return class extends Component {
    readonly #reader = createReader(() => this.forceUpdate())

    override shouldComponentUpdate(next: object): boolean {
      return !isSame(this.props, next)
    }

    override componentWillUnmount(): void {
      forgetReader(this.#reader)
    }

    override render() {
      return readBy(this.#reader, () => draw(this.props))
    }
  }
}

/** Whether two have the very same properties; one that is missing is undefined. */
function isSame(before: object, after: object): boolean {
  const held = new Map<string, unknown>(Object.entries(before))
  const given = new Map<string, unknown>(Object.entries(after))
  return [...held.keys(), ...given.keys()].every((name) => held.get(name) === given.get(name))
}
