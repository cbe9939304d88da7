/** What the client for Knex uses of it. alterwise is built without Knex; an application's own types take its place. */
declare module 'knex' {
  export namespace Knex {
    class Client {
      constructor(config: object);
    }
  }
}
