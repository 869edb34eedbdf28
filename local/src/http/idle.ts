/**
 * How long a server keeps a connection without a request, in milliseconds. Clients end their idle connections after a
 * few seconds; Node's server would, too. Whichever is late then sends a request into a closed connection, which is
 * not safe to repeat. So the server waits far longer than a busy machine is late; hosted Supabase does as well.
 */
export const keepAliveTimeout = 75_000;
