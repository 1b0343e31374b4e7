import manifest from '../../package.json' with { type: 'json' };

/** Version of this package, as in package.json. */
export const version: string = manifest.version;
