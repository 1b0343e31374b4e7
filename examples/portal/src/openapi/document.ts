import { config } from '../config.ts';
import { accountPaths } from './accounts.ts';
import { schemas } from './schemas.ts';
import { workPaths } from './work.ts';

/** The JSON API, complete. Pages for people and the payment provider's webhook are not part of it. */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'Fieldwork portal API',
    version: config.version,
    description:
      'Everything is scoped to the organisation of the token or session: a record of another organisation does not exist (404). ' +
      'Writes with a session cookie need the header X-CSRF-Token.',
  },
  servers: [{ url: config.appUrl }],
  security: [{ token: [] }, { session: [] }],
  paths: { ...accountPaths, ...workPaths },
  components: {
    schemas,
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'An API token from Settings' },
      session: { type: 'apiKey', in: 'cookie', name: 'portal_session', description: "The session of the portal's own pages" },
    },
  },
};
