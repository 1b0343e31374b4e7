import type { Schema } from './config-schema.ts';
import { variable } from './people-schema.ts';

/** The zone at Cloudflare, in launch-ready.yaml. */
export const cloudflare: Schema = {
  type: 'object',
  description: 'The zone of the domain at Cloudflare.',
  properties: {
    tokenFrom: variable('Name of the environment variable that holds an API token of Cloudflare.'),
    zone: {
      type: 'string',
      description: 'Name of the zone, where it is not the domain under domains.apex.',
      pattern: String.raw`^([A-Za-z0-9_-]+\.)+[A-Za-z0-9-]{2,63}$`,
    },
    base: {
      type: 'string',
      description: 'Address of a stand-in for the API on this machine, for tests.',
      pattern: String.raw`^http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}(/[\w/-]*)?$`,
    },
    origins: {
      type: 'array',
      description:
        'Servers behind Cloudflare, e.g. 192.0.2.7: tried whether they answer those who go around it, and for their certificate.',
      items: {
        type: 'string',
        description: 'IP address, with its port where it is not 443.',
        pattern: String.raw`^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?)$`,
      },
    },
    privatePaths: {
      type: 'array',
      description: 'Paths below which answers belong to one customer, besides /api/ and the login, e.g. /account/.',
      items: { type: 'string', description: 'A path.', pattern: String.raw`^/[\w./~-]*$` },
    },
  },
  required: ['tokenFrom'],
  additionalProperties: false,
};
