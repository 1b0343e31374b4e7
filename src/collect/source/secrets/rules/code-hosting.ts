import { hasValidChecksum } from '../checksum.ts';
import { type Meaning, type Rule, token } from '../rule.ts';

const codeHarm = 'Whoever has it can read your private code and, with write access, change what you ship.';
const issued = (value: string): Partial<Meaning> | undefined => (hasValidChecksum(value) ? { certain: true } : undefined);

export const codeHostingRules: readonly Rule[] = [
  token(['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'], /gh[posur]_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/, {
    kind: 'github-token',
    label: 'GitHub token',
    power: 'total',
    harm: codeHarm,
    rotate: 'github.com/settings/tokens: delete it and make a new one with as few rights as possible.',
    judge: issued,
  }),
  token(['github_pat_'], /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9_])/, {
    kind: 'github-token',
    label: 'GitHub fine-grained token',
    power: 'total',
    harm: codeHarm,
    rotate: 'github.com/settings/tokens: delete it and make a new one with as few rights as possible.',
  }),
  token(['glpat-', 'gldt-', 'glrt-', 'glptt-'], /gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{9})?/, {
    kind: 'gitlab-token',
    label: 'GitLab token',
    power: 'total',
    harm: codeHarm,
    rotate: 'GitLab, Preferences, Access tokens: revoke it and make a new one.',
  }),
  token(['npm_'], /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/, {
    kind: 'npm-token',
    label: 'npm access token',
    power: 'total',
    harm: 'Whoever has it can publish packages in your name.',
    rotate: 'npmjs.com, Access Tokens: delete it and make a granular one.',
    judge: issued,
  }),
  token(['pypi-AgEI', 'dckr_pat_', 'rubygems_'], /(?:pypi-AgEI[\w-]{50,400}|dckr_pat_[\w-]{27}|rubygems_[a-f0-9]{48})/, {
    kind: 'registry-token',
    label: 'token of a package registry (PyPI, Docker Hub or RubyGems)',
    power: 'total',
    harm: 'Whoever has it can publish packages or images in your name.',
    rotate: 'In the account settings of that registry: revoke it and make a new one.',
  }),
  token(['sntrys_', 'sntryu_'], /(?:sntrys_eyJ[A-Za-z0-9+/=_]{60,400}|sntryu_[a-f0-9]{64})/, {
    kind: 'sentry-token',
    label: 'Sentry auth token',
    harm: 'Whoever has it can read your error reports, which often hold customer data.',
    rotate: 'Sentry, Settings, Auth Tokens: revoke it and make a new one.',
  }),
  token(
    ['lin_api_', 'figd_', 'PMAK-', 'glsa_', 'NRAK-', 'ATATT3'],
    /(?:lin_api_[A-Za-z0-9]{40}|figd_[\w-]{40}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}|glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}|NRAK-[A-Z0-9]{27}|ATATT3[\w=-]{180,200})/,
    {
      kind: 'work-tool-token',
      label: 'token of a work tool (Linear, Figma, Postman, Grafana, New Relic or Atlassian)',
      harm: 'Whoever has it can read and change what your team keeps in that tool.',
      rotate: 'In the settings of that tool, under API tokens: revoke it and make a new one.',
    },
  ),
  token(['ntn_', 'secret_'], /(?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43})(?![A-Za-z0-9])/, {
    kind: 'notion-token',
    label: 'Notion integration token',
    entropy: 3.8,
    harm: 'Whoever has it can read and change the Notion pages that were shared with the integration.',
    rotate: 'notion.so/my-integrations: refresh the secret.',
  }),
  token(['pat'], /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/, {
    kind: 'airtable-token',
    label: 'Airtable access token',
    harm: 'Whoever has it can read and change the Airtable bases it was made for.',
    rotate: 'airtable.com/create/tokens: regenerate or delete it.',
  }),
];
