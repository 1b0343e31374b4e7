/** How a service answers for a host that nobody has set up there; all that is given has to be met. */
export interface UnclaimedAnswer {
  /** Absent: whatever it is. */
  readonly status?: number;
  /** What stands in the body. */
  readonly text?: string;
  /** Header, in lower case, and what it begins with. */
  readonly header?: readonly [name: string, value: string];
}

/** A service that hosts apps and sites on the domains of its customers: where records lead that point to it. */
export interface HostingProvider {
  /** As the domain map names it under `on`. */
  readonly id: string;
  readonly name: string;
  /** Names that it gives; an alias of one of them, or of a name below, leads to it. */
  readonly suffixes: readonly string[];
  /** Networks and addresses of the A and AAAA records that it asks for. */
  readonly addresses: readonly string[];
  /** It asks for these addresses and no others, so that another one is wrong. */
  readonly exact: boolean;
  /** Serves by IPv4 alone: an AAAA record beside leads elsewhere. */
  readonly onlyIPv4: boolean;
  /** What to set at the registered domain, and at a host below it; in words. */
  readonly apex: string;
  readonly below: string;
  /** The record that proves the domain to it, in words. */
  readonly proof?: string;
  /**
   * Whether another proxy may stand in front. `own`: it has an edge of its own, which another in front gains nothing over and keeps from renewing its
   * certificates. `never`: it refuses hosts that come through one.
   */
  readonly proxy: 'fine' | 'own' | 'never';
  /** How it answers for a host that nobody set up. */
  readonly unclaimed: readonly UnclaimedAnswer[];
  /** Whether a stranger may set up the host himself once it is left: with an account, or by taking the very name that the alias leads to. */
  readonly claim: 'account' | 'name' | 'none';
}

const provider = (
  id: string,
  name: string,
  facts: Partial<HostingProvider> & Pick<HostingProvider, 'suffixes' | 'apex' | 'below'>,
): HostingProvider => ({ id, name, addresses: [], exact: false, onlyIPv4: false, proxy: 'fine', unclaimed: [], claim: 'none', ...facts });

const alias = (target: string): string => `a CNAME record to ${target}`;

/** Builders and hosts; what they ask for is from their own documentation, and from the records of sites that are on them. */
export const providers: readonly HostingProvider[] = [
  provider('lovable', 'Lovable', {
    suffixes: ['lovable.app', 'lovableproject.com'],
    addresses: ['185.158.133.1'],
    exact: true,
    onlyIPv4: true,
    apex: 'an A record to 185.158.133.1',
    below: 'an A record to 185.158.133.1',
    proof: 'a TXT record _lovable with lovable_verify=…',
    proxy: 'never',
    unclaimed: [{ status: 404, text: 'Publish or update your Lovable project' }],
    claim: 'account',
  }),
  provider('vercel', 'Vercel', {
    // `vercel-dns-017.com` and its like are given to single projects.
    suffixes: [
      'vercel-dns.com',
      'vercel.app',
      'now.sh',
      ...Array.from({ length: 40 }, (_, nth) => `vercel-dns-${String(nth).padStart(3, '0')}.com`),
    ],
    addresses: ['76.76.21.0/24', '216.198.79.0/24', '64.29.17.0/24', '66.33.60.0/24', '216.150.1.0/24', '216.150.16.0/24'],
    exact: true,
    onlyIPv4: true,
    proxy: 'own',
    apex: 'an A record to 76.76.21.21, or to what the project shows',
    below: alias('cname.vercel-dns.com, or to what the project shows'),
    proof: 'a TXT record _vercel with vc-domain-verify=…, where the domain was used elsewhere',
    unclaimed: [
      { status: 404, text: 'DEPLOYMENT_NOT_FOUND' },
      { status: 404, header: ['x-vercel-error', 'DEPLOYMENT_NOT_FOUND'] },
    ],
    claim: 'account',
  }),
  provider('netlify', 'Netlify', {
    suffixes: ['netlify.app', 'netlify.com', 'netlifyglobalcdn.com', 'bolt.host'],
    addresses: ['75.2.60.5', '99.83.231.61'],
    proxy: 'own',
    apex: 'an ALIAS record to apex-loadbalancer.netlify.com, or an A record to 75.2.60.5',
    below: alias('NAME.netlify.app'),
    unclaimed: [{ status: 404, text: 'Not Found - Request ID:' }],
    claim: 'account',
  }),
  provider('replit', 'Replit', {
    suffixes: ['replit.app', 'replit.dev', 'repl.co'],
    addresses: ['34.111.179.208'],
    onlyIPv4: true,
    proxy: 'own',
    apex: 'the A record that the deployment shows (34.111.179.208)',
    below: 'the A record that the deployment shows (34.111.179.208)',
    proof: 'a TXT record replit-verify=…, which has to stay',
  }),
  provider('framer', 'Framer', {
    suffixes: ['framer.app', 'framer.website'],
    addresses: ['31.43.160.6', '31.43.161.6', '52.223.52.2', '35.71.142.77'],
    exact: true,
    onlyIPv4: true,
    apex: 'A records to 31.43.160.6 and 31.43.161.6',
    below: alias('sites.framer.app'),
    proxy: 'never',
    unclaimed: [{ text: 'Site Not Found | Framer' }],
  }),
  provider('webflow', 'Webflow', {
    suffixes: ['webflow.com', 'webflow.io'],
    addresses: ['198.202.211.1', '75.2.70.75', '99.83.190.102'],
    exact: true,
    onlyIPv4: true,
    apex: 'an A record to 198.202.211.1',
    below: alias('cdn.webflow.com'),
    proof: 'a TXT record _webflow with one-time-verification=…',
    proxy: 'never',
    unclaimed: [{ status: 404, text: "The page you are looking for doesn't exist or has been moved." }],
  }),
  provider('gohighlevel', 'GoHighLevel', {
    suffixes: ['ludicrous.cloud', 'msgsndr.com', 'leadconnectorhq.com'],
    addresses: ['162.159.140.166'],
    onlyIPv4: true,
    apex: 'an A record to 162.159.140.166',
    below: alias('sites.ludicrous.cloud'),
    proxy: 'never',
  }),
  provider('render', 'Render', {
    suffixes: ['onrender.com'],
    addresses: ['216.24.57.0/24'],
    exact: true,
    onlyIPv4: true,
    apex: 'an A record to 216.24.57.1, or an ALIAS record to NAME.onrender.com',
    below: alias('NAME.onrender.com'),
    unclaimed: [{ status: 404, header: ['x-render-routing', 'no-server'] }],
    claim: 'account',
  }),
  provider('railway', 'Railway', {
    suffixes: ['railway.app', 'rlwy.net'],
    apex: 'an ALIAS record (or flattened CNAME) to NAME.up.railway.app',
    below: alias('NAME.up.railway.app'),
    proof: 'a TXT record _railway-verify with railway-verify=…',
    unclaimed: [
      { status: 404, text: 'The train has not arrived at the station' },
      { status: 404, header: ['x-railway-fallback', 'true'] },
    ],
  }),
  provider('fly', 'Fly.io', {
    suffixes: ['fly.dev', 'flydns.net'],
    addresses: ['66.241.124.0/23', '2a09:8280:1::/48'],
    apex: 'the A and AAAA records that `fly ips list` shows',
    below: alias('NAME.fly.dev'),
    proof: 'a TXT record _fly-ownership',
  }),
  provider('cloudflare-pages', 'Cloudflare Pages', {
    suffixes: ['pages.dev'],
    apex: 'a CNAME record to NAME.pages.dev, in a zone at Cloudflare',
    below: alias('NAME.pages.dev'),
  }),
  provider('github-pages', 'GitHub Pages', {
    suffixes: ['github.io'],
    addresses: ['185.199.108.0/22', '2606:50c0:8000::/46'],
    exact: true,
    apex: 'A records to 185.199.108.153 to 185.199.111.153',
    below: alias('NAME.github.io'),
    unclaimed: [{ status: 404, text: "There isn't a GitHub Pages site here." }],
    claim: 'account',
  }),
  provider('heroku', 'Heroku', {
    suffixes: ['herokudns.com', 'herokuapp.com', 'herokussl.com'],
    apex: 'an ALIAS record to NAME.herokudns.com',
    below: alias('NAME.herokudns.com'),
    unclaimed: [{ status: 404, text: 'no-such-app.html' }],
    claim: 'account',
  }),
  provider('firebase', 'Firebase Hosting', {
    suffixes: ['web.app', 'firebaseapp.com'],
    addresses: ['199.36.158.100'],
    apex: 'the A record that Firebase shows (199.36.158.100)',
    below: 'the A record that Firebase shows (199.36.158.100)',
    proof: 'a TXT record hosting-site=…',
  }),
  provider('amazon-s3', 'Amazon S3', {
    suffixes: [
      's3.amazonaws.com',
      ...regions(['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1', 'ap-southeast-2']),
    ],
    apex: 'an ALIAS record to the endpoint of the bucket',
    below: alias('the endpoint of the bucket'),
    unclaimed: [{ status: 404, text: 'NoSuchBucket' }],
    claim: 'account',
  }),
  provider('elastic-beanstalk', 'Elastic Beanstalk', {
    suffixes: ['elasticbeanstalk.com'],
    apex: 'an ALIAS record to NAME.REGION.elasticbeanstalk.com',
    below: alias('NAME.REGION.elasticbeanstalk.com'),
    claim: 'name',
  }),
  provider('cloudfront', 'Amazon CloudFront', {
    suffixes: ['cloudfront.net'],
    apex: 'an ALIAS record to NAME.cloudfront.net',
    below: alias('NAME.cloudfront.net'),
  }),
  provider('azure', 'Microsoft Azure', {
    suffixes: [
      'azurewebsites.net',
      'cloudapp.net',
      'cloudapp.azure.com',
      'trafficmanager.net',
      'azureedge.net',
      'azurefd.net',
      'azure-api.net',
      'blob.core.windows.net',
      'azurestaticapps.net',
    ],
    apex: 'what Azure shows',
    below: alias('NAME.azurewebsites.net'),
    claim: 'name',
  }),
  provider('surge', 'Surge', {
    suffixes: ['surge.sh'],
    apex: 'an ALIAS record to na-west1.surge.sh',
    below: alias('na-west1.surge.sh'),
    unclaimed: [{ status: 404, text: 'project not found' }],
    claim: 'account',
  }),
  provider('shopify', 'Shopify', {
    suffixes: ['myshopify.com', 'shops.myshopify.com'],
    addresses: ['23.227.38.0/24', '2620:127:f00f::/48'],
    apex: 'an A record to 23.227.38.65',
    below: alias('shops.myshopify.com'),
  }),
  provider('squarespace', 'Squarespace', {
    suffixes: ['squarespace.com', 'ext-cust.squarespace.com'],
    addresses: ['198.185.159.144', '198.185.159.145', '198.49.23.144', '198.49.23.145'],
    onlyIPv4: true,
    apex: 'A records to 198.185.159.144, 198.185.159.145, 198.49.23.144 and 198.49.23.145',
    below: alias('ext-cust.squarespace.com'),
  }),
  provider('godaddy-parking', "GoDaddy's parking and forwarding", {
    suffixes: [],
    addresses: ['3.33.130.190', '15.197.148.33', '3.33.152.147', '15.197.142.173', '34.102.136.180'],
    apex: 'nothing: it is where a domain points that is not set up',
    below: 'nothing: it is where a domain points that is not set up',
  }),
];

function regions(names: readonly string[]): string[] {
  return names.flatMap((name) => [`s3-website-${name}.amazonaws.com`, `s3-website.${name}.amazonaws.com`, `s3.${name}.amazonaws.com`]);
}

export const providerOf = (id: string): HostingProvider | undefined => providers.find((one) => one.id === id);

/** Names that mean the same host in a domain map. */
const otherNames: Readonly<Record<string, string>> = {
  bolt: 'netlify',
  v0: 'vercel',
  highlevel: 'gohighlevel',
  ghl: 'gohighlevel',
  flyio: 'fly',
  'fly-io': 'fly',
  pages: 'cloudflare-pages',
};

/** The host that the domain map means by `on`. */
export const providerNamed = (on: string): HostingProvider | undefined =>
  providerOf(on) ?? providerOf(Object.hasOwn(otherNames, on) ? otherNames[on]! : '');

/** Networks of Cloudflare's proxy: who stands behind an address of it cannot be seen from outside. */
export const cloudflareNetworks: readonly string[] =
  `173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18 190.93.240.0/20 188.114.96.0/20 197.234.240.0/22
  198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14 172.64.0.0/13 131.0.72.0/22 2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32
  2405:8100::/32 2a06:98c0::/29 2c0f:f248::/32`.split(/\s+/);
