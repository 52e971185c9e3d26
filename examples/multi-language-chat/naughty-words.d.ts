declare module 'naughty-words' {
  /** By a language's code, such as `en`: words and phrases. */
  const lists: Readonly<Record<string, readonly string[] | undefined>>;
  export default lists;
}
