import { type Around, type Meaning, near, type Rule, token } from '../rule.ts';

const harm = 'Whoever has it can use the service on your bill until the limit is reached, and read what the account stores.';

function judgeGoogleKey(_value: string, around: Around): Partial<Meaning> {
  const name = around.variable ?? '';
  const context = near(around);
  if (
    /gemini|generative|genai|google_?ai(?!za)|vertex|palm|youtube|translate|speech|vision/i.test(name) ||
    (!/firebase|maps/i.test(name) && /generativelanguage|gemini|@google\/gen/.test(context))
  )
    return {
      kind: 'google-gemini-key',
      label: 'Google API key used for Gemini or another paid API',
      sensitivity: 'secret',
      power: 'service',
      harm,
      rotate: 'Google AI Studio (or Google Cloud console, Credentials): make a new key, restrict it to the one API, delete this one.',
    };
  if (
    /firebase|maps|places|recaptcha/i.test(name) ||
    /authdomain|auth_domain|messagingsenderid|firebaseapp\.com|firebaseconfig|google_app_id|mobilesdk_app_id|gcm_sender_id|project_info|maps\.googleapis|googlemaps|google_maps|maps_api|com\.google\.android\.geo/.test(
      context,
    )
  )
    return {
      kind: 'google-browser-key',
      label: 'Google key for Firebase or Maps',
      sensitivity: 'public',
      harm: 'It is meant to be public, as long as it is restricted to your site or app and no paid API such as Gemini is switched on for it.',
    };
  return { meaning: 'what it is used for could not be told from the code around it' };
}

export const aiRules: readonly Rule[] = [
  token(['sk-proj-', 'sk-svcacct-', 'sk-admin-'], /sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,220}/, {
    kind: 'openai-key',
    label: 'OpenAI API key',
    harm,
    rotate: 'platform.openai.com, API keys: create a new key, then revoke this one; set a monthly limit.',
  }),
  token(['sk-'], /sk-(?:[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{48}|[a-f0-9]{32})(?![A-Za-z0-9_-])/, {
    kind: 'openai-key',
    label: 'API key of an AI service (OpenAI, DeepSeek or similar)',
    harm,
    rotate: 'In the dashboard of that service, under API keys: create a new key, then revoke this one; set a monthly limit.',
  }),
  token(['sk-ant-'], /sk-ant-(?:api|admin|sid|oat)\d\d-[A-Za-z0-9_-]{80,140}/, {
    kind: 'anthropic-key',
    label: 'Anthropic API key',
    harm,
    rotate: 'console.anthropic.com, API keys: create a new key, then delete this one; set a spend limit.',
  }),
  token(['sk-or-v1-'], /sk-or-v1-[a-f0-9]{64}/, {
    kind: 'openrouter-key',
    label: 'OpenRouter API key',
    harm,
    rotate: 'openrouter.ai, Settings, Keys: create a new key with a limit, then delete this one.',
  }),
  token(['AIza'], /AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/, {
    kind: 'google-api-key',
    label: 'Google API key',
    sensitivity: 'low',
    power: 'limited',
    entropy: 3.5,
    harm: 'If it is not restricted to your site and to the APIs you use, anyone can use those APIs on your bill.',
    rotate:
      'Google Cloud console, APIs and Services, Credentials: restrict the key to your site and APIs; if it serves a paid API, make a new one.',
    judge: judgeGoogleKey,
  }),
  token(
    ['gsk_', 'xai-', 'r8_', 'pplx-'],
    /(?:gsk_[A-Za-z0-9]{52}|xai-[A-Za-z0-9]{80}|r8_[A-Za-z0-9]{37}|pplx-[A-Za-z0-9]{48})(?![A-Za-z0-9])/,
    {
      kind: 'ai-key',
      label: 'API key of an AI service (Groq, xAI, Replicate or Perplexity)',
      harm,
      rotate: 'In the dashboard of that service, under API keys: create a new key, then delete this one.',
    },
  ),
  token(['hf_'], /hf_[A-Za-z]{34}(?![A-Za-z0-9])/, {
    kind: 'hugging-face-token',
    label: 'Hugging Face token',
    harm,
    rotate: 'huggingface.co, Settings, Access Tokens: invalidate and refresh it.',
  }),
  token(['sk_'], /sk_[a-f0-9]{48}(?![A-Za-z0-9])/, {
    kind: 'elevenlabs-key',
    label: 'ElevenLabs API key',
    harm,
    rotate: 'elevenlabs.io, Developers, API keys: create a new key, then delete this one.',
  }),
  token(
    ['tvly-', 'fc-', 'lsv2_', 'pcsk_', 'nvapi-'],
    /(?:tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}|fc-[a-f0-9]{32}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|pcsk_[A-Za-z0-9_]{60,80}|nvapi-[\w-]{60,72})(?![A-Za-z0-9])/,
    {
      kind: 'ai-tool-key',
      label: 'API key of an AI tool (Tavily, Firecrawl, LangSmith, Pinecone or NVIDIA)',
      harm,
      rotate: 'In the dashboard of that service, under API keys: create a new key, then delete this one.',
    },
  ),
];
