/** Stands in the page for the event stream of the client, which nothing in it asks for. */
export function listen(): never {
  throw new Error('The page listens by itself.')
}
