/**
 * What the API takes, as facts: names of fields, their kinds and choices, read off the types of the official SDK (npm `cloudflare` 7.3.0), ranges and formats off
 * the API's reference. A name with `!` must be there; what is not named is turned away; `a|b` is a choice; a list with one member is a list of it; `any` is
 * not looked into. `{ oneOf }` picks by the field `by`.
 */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

const common = { 'name!': 'name', 'ttl!': 'ttl', comment: 'text', proxied: 'boolean', tags: ['string'] as const };
const family = { ipv4_only: 'boolean', ipv6_only: 'boolean' };

const content: Readonly<Record<string, Shape>> = {
  A: { content: 'ipv4', settings: family, private_routing: 'boolean' },
  AAAA: { content: 'ipv6', settings: family, private_routing: 'boolean' },
  CNAME: { content: 'host', settings: { ...family, flatten_cname: 'boolean' } },
  MX: { content: 'host', priority: 'port', settings: family },
  NS: { content: 'host', settings: family },
  PTR: { content: 'host', settings: family },
  TXT: { content: 'txt', settings: family },
  OPENPGPKEY: { content: 'string', settings: family },
  CAA: { data: { flags: 'byte', tag: 'string', value: 'string' }, settings: family },
  SRV: { data: { port: 'port', priority: 'port', target: 'string', weight: 'port' }, settings: family },
  DS: { data: { algorithm: 'number', digest: 'string', digest_type: 'number', key_tag: 'number' }, settings: family },
  HTTPS: { data: { priority: 'number', target: 'string', value: 'string' }, settings: family },
  SVCB: { data: { priority: 'number', target: 'string', value: 'string' }, settings: family },
  TLSA: { data: { certificate: 'string', matching_type: 'number', selector: 'number', usage: 'number' }, settings: family },
  SSHFP: { data: { algorithm: 'number', fingerprint: 'string', type: 'number' }, settings: family },
  URI: { data: { target: 'string', weight: 'number' }, priority: 'number', settings: family },
};

/** A record by its type. */
export const recordShape = (type: string): Shape | undefined => {
  const own = content[type];
  return own === undefined ? undefined : { ...common, 'type!': type, ...(own as Record<string, Shape>) };
};

/** The same, where only what changes is given. */
export const patchShape = (type: string): Shape | undefined => {
  const whole = recordShape(type) as Record<string, Shape> | undefined;
  return whole && { 'id!': 'string', ...Object.fromEntries(Object.entries(whole).map(([name, shape]) => [name.replace('!', ''), shape])) };
};

const ttl = {
  'mode!': 'respect_origin|bypass_by_default|override_origin',
  default: 'number',
  status_code_ttl: [{ 'value!': 'number', status_code: 'number', status_code_range: { from: 'number', to: 'number' } }] as const,
};
const overrides = {
  action: 'string',
  enabled: 'boolean',
  sensitivity_level: 'default|medium|low|eoff',
  categories: [{ 'category!': 'string', action: 'string', enabled: 'boolean', sensitivity_level: 'default|medium|low|eoff' }] as const,
  rules: [
    {
      'id!': 'string',
      action: 'string',
      enabled: 'boolean',
      score_threshold: 'number',
      sensitivity_level: 'default|medium|low|eoff',
    },
  ] as const,
};

const parameters: Readonly<Record<string, Shape>> = {
  block: { response: { 'content!': 'string', 'content_type!': 'string', 'status_code!': 'number' } },
  challenge: 'any',
  js_challenge: 'any',
  managed_challenge: 'any',
  log: 'any',
  execute: { 'id!': 'string', matched_data: { 'public_key!': 'string' }, overrides },
  skip: {
    phase: 'current',
    phases: ['string'],
    products: ['bic|hot|rateLimit|securityLevel|uaBlock|waf|zoneLockdown'],
    rules: 'any',
    ruleset: 'current',
    rulesets: ['string'],
  },
  redirect: {
    from_list: { 'key!': 'string', 'name!': 'string' },
    from_value: {
      'target_url!': { expression: 'string', value: 'string' },
      preserve_query_string: 'boolean',
      status_code: '301|302|303|307|308',
    },
  },
  rewrite: 'any',
  set_config: {
    automatic_https_rewrites: 'boolean',
    autominify: { css: 'boolean', html: 'boolean', js: 'boolean' },
    bic: 'boolean',
    content_converter: 'boolean',
    disable_apps: 'true',
    disable_pay_per_crawl: 'true',
    disable_rum: 'true',
    disable_zaraz: 'true',
    email_obfuscation: 'boolean',
    fonts: 'boolean',
    hotlink_protection: 'boolean',
    mirage: 'boolean',
    opportunistic_encryption: 'boolean',
    polish: 'off|lossless|lossy|webp',
    redirects_for_ai_training: 'boolean',
    request_body_buffering: 'none|standard|full',
    response_body_buffering: 'none|standard',
    rocket_loader: 'boolean',
    security_level: 'off|essentially_off|low|medium|high|under_attack',
    server_side_excludes: 'boolean',
    ssl: 'off|flexible|full|strict|origin_pull',
    sxg: 'boolean',
  },
  set_cache_settings: {
    additional_cacheable_ports: ['number'],
    browser_ttl: { 'mode!': 'respect_origin|bypass_by_default|override_origin|bypass', default: 'number' },
    cache: 'boolean',
    cache_key: {
      cache_by_device_type: 'boolean',
      cache_deception_armor: 'boolean',
      custom_key: {
        cookie: { check_presence: ['string'], include: ['string'] },
        header: { check_presence: ['string'], contains: 'any', exclude_origin: 'boolean', include: ['string'] },
        host: { resolved: 'boolean' },
        query_string: { exclude: { all: 'true', list: ['string'] }, include: { all: 'true', list: ['string'] } },
        user: { device_type: 'boolean', geo: 'boolean', lang: 'boolean' },
      },
      ignore_query_strings_order: 'boolean',
    },
    cache_reserve: { 'eligible!': 'boolean', minimum_file_size: 'number' },
    edge_ttl: ttl,
    origin_cache_control: 'boolean',
    origin_error_page_passthru: 'boolean',
    read_timeout: 'number',
    respect_strong_etags: 'boolean',
    serve_stale: { disable_stale_while_updating: 'boolean' },
    shared_dictionary: { 'match_pattern!': 'string' },
    strip_etags: 'boolean',
    strip_last_modified: 'boolean',
    strip_set_cookie: 'boolean',
    vary: 'any',
  },
};

/** A rule by its action. */
export const ruleShape = (action: string): Shape | undefined => {
  const own = parameters[action];
  return own === undefined
    ? undefined
    : {
        id: 'string',
        ref: 'string',
        action,
        action_parameters: own,
        description: 'string',
        enabled: 'boolean',
        'expression!': 'string',
        exposed_credential_check: 'any',
        logging: { 'enabled!': 'boolean' },
        ratelimit: {
          'characteristics!': ['string'],
          'period!': 'number',
          counting_expression: 'string',
          mitigation_timeout: 'number',
          requests_per_period: 'number',
          requests_to_origin: 'boolean',
          score_per_period: 'number',
          score_response_header_name: 'string',
        },
      };
};

/** The value of a setting by its id. */
export const settingShapes: Readonly<Record<string, Shape>> = {
  ssl: 'off|flexible|full|strict|origin_pull',
  min_tls_version: '1.0|1.1|1.2|1.3',
  tls_1_3: 'on|off|zrt',
  always_use_https: 'on|off',
  automatic_https_rewrites: 'on|off',
  development_mode: 'on|off',
  browser_check: 'on|off',
  browser_cache_ttl: 'number',
  cache_level: 'bypass|basic|simplified|aggressive|cache_everything',
  security_level: 'off|essentially_off|low|medium|high|under_attack',
  security_header: {
    strict_transport_security: {
      enabled: 'boolean',
      include_subdomains: 'boolean',
      max_age: 'number',
      nosniff: 'boolean',
      preload: 'boolean',
    },
  },
};

const onOff = 'on|off';
const list = ['string'] as const;
const keyFields = {
  cookie: { check_presence: list, include: list },
  header: { check_presence: list, exclude: list, include: list },
  host: { resolved: 'boolean' },
  query_string: { exclude: 'any', include: 'any' },
  user: { device_type: 'boolean', geo: 'boolean', lang: 'boolean' },
};

/** Values of the actions of page rules; `undefined`: it has none. */
const pageActions: Readonly<Record<string, Shape | undefined>> = {
  always_use_https: undefined,
  automatic_https_rewrites: onOff,
  browser_cache_ttl: 'number',
  browser_check: onOff,
  bypass_cache_on_cookie: 'string',
  cache_by_device_type: onOff,
  cache_deception_armor: onOff,
  cache_key_fields: keyFields,
  cache_level: 'bypass|basic|simplified|aggressive|cache_everything',
  cache_on_cookie: 'string',
  cache_ttl_by_status: 'any',
  disable_apps: undefined,
  disable_performance: undefined,
  disable_security: undefined,
  disable_zaraz: undefined,
  edge_cache_ttl: 'number',
  email_obfuscation: onOff,
  explicit_cache_control: onOff,
  forwarding_url: { status_code: '301|302', url: 'string' },
  host_header_override: 'string',
  ip_geolocation: onOff,
  mirage: onOff,
  opportunistic_encryption: onOff,
  origin_error_page_pass_thru: onOff,
  polish: 'off|lossless|lossy',
  resolve_override: 'string',
  respect_strong_etag: onOff,
  response_buffering: onOff,
  rocket_loader: onOff,
  security_level: 'off|essentially_off|low|medium|high|under_attack',
  sort_query_string_for_cache: onOff,
  ssl: 'off|flexible|full|strict|origin_pull',
  true_client_ip_header: onOff,
  waf: onOff,
};

/** An action of a page rule by its id. */
export const pageActionShape = (id: string): Shape | undefined => {
  if (!(id in pageActions)) return undefined;
  const value = pageActions[id];
  return { 'id!': id, ...(value !== undefined && { value }) };
};

export const pageRuleShape: Shape = {
  'actions!': ['any'],
  'targets!': [{ target: 'url', constraint: { 'operator!': 'matches|contains|equals|not_equal|not_contain', 'value!': 'string' } }],
  priority: 'number',
  status: 'active|disabled',
};
