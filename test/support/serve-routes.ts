import { onTestFinished } from 'vitest';
import type {
  ApiReply,
  ApiRequest,
  HttpServer,
  HttpServerOptions,
  Route,
  RouteDefinition,
} from '../../src/http/index.ts';
import { created, createHttpServer, route } from '../../src/http/index.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export interface ServedRoutes {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly log: readonly LogLine[];
}

/** A guard that lets everybody in. */
export const anyone = { label: 'anyone', check: async () => undefined };

type Bare = Partial<Omit<RouteDefinition<Record<never, never>, undefined>, 'handler' | 'params' | 'guard'>>;

/** A route that takes no declared parameters and answers with what `answer` makes of the request; by default with its raw parameters. */
export const openRoute = (
  definition: Bare = {},
  answer: (request: ApiRequest) => ApiReply | Promise<ApiReply> = (request) => created(request.rawParams),
): Route =>
  route({
    method: 'POST',
    path: '/echo',
    summary: 'for a test',
    ...definition,
    params: {},
    guard: anyone,
    handler: async ({ request }) => answer(request),
  });

/** A real HTTP server over these routes, on a free port, until the test ends. */
export async function serveRoutes(
  routes: readonly Route[],
  options: Omit<Partial<HttpServerOptions>, 'routes'> = {},
): Promise<ServedRoutes> {
  const log: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    log.push({ level, fields, message });
  };
  const server = createHttpServer({
    routes,
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    ...options,
  });
  const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close(0));
  return { url, port, server, log };
}
