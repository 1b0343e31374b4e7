import { answer, body, day, idIn, listOf, operation, ref, uuid } from './build.ts';

const title = { type: 'string', maxLength: 200 };
const longText = { type: 'string', maxLength: 5000 };
const uploadBody = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: { type: 'object', required: ['case_id', 'file'], properties: { case_id: uuid, file: { type: 'string', format: 'binary' } } },
    },
  },
};

/** Cases and what hangs on them: tasks, approvals, files. */
export const workPaths = {
  '/api/cases': {
    get: operation({ id: 'listCases', summary: 'Cases; clients get their own', ok: [200, answer('Cases', listOf('Case'))], errors: [403] }),
    post: operation({
      id: 'createCase',
      summary: 'Open a case; clients open it for themselves',
      requestBody: body({ client_id: uuid, title, description: longText }, ['title']),
      ok: [201, answer('The case', ref('Case'))],
      errors: [403, 422],
    }),
  },
  '/api/cases/{id}': {
    parameters: [idIn('id', uuid)],
    get: operation({ id: 'getCase', summary: 'One case', ok: [200, answer('The case', ref('Case'))], errors: [403, 404] }),
    patch: operation({
      id: 'updateCase',
      summary: 'Change the status (owner, staff)',
      requestBody: body({ status: { enum: ['open', 'waiting', 'closed'] } }, ['status']),
      ok: [200, answer('The case', ref('Case'))],
      errors: [403, 404, 422],
    }),
  },
  '/api/tasks': {
    get: operation({ id: 'listTasks', summary: 'Tasks (owner, staff)', ok: [200, answer('Tasks', listOf('Task'))], errors: [403] }),
    post: operation({
      id: 'createTask',
      summary: 'Add a task to a case (owner, staff)',
      requestBody: body({ case_id: uuid, title, due_on: day }, ['case_id', 'title']),
      ok: [201, answer('The task', ref('Task'))],
      errors: [403, 404, 422],
    }),
  },
  '/api/tasks/{id}': {
    parameters: [idIn('id', uuid)],
    get: operation({ id: 'getTask', summary: 'One task (owner, staff)', ok: [200, answer('The task', ref('Task'))], errors: [403, 404] }),
    patch: operation({
      id: 'updateTask',
      summary: 'Rename, finish or reopen a task (owner, staff)',
      requestBody: body({ title, done: { type: 'boolean' } }, ['title']),
      ok: [200, answer('The task', ref('Task'))],
      errors: [403, 404, 422],
    }),
    delete: operation({ id: 'deleteTask', summary: 'Delete a task (owner, staff)', ok: [204, answer('Deleted')], errors: [403, 404] }),
  },
  '/api/approvals': {
    get: operation({
      id: 'listApprovals',
      summary: 'Approvals; clients get their own',
      ok: [200, answer('Approvals', listOf('Approval'))],
      errors: [403],
    }),
    post: operation({
      id: 'requestApproval',
      summary: 'Ask the client of a case for approval (owner, staff)',
      requestBody: body({ case_id: uuid, title, details: longText }, ['case_id', 'title']),
      ok: [201, answer('The approval', ref('Approval'))],
      errors: [403, 404, 422],
    }),
  },
  '/api/approvals/{id}': {
    parameters: [idIn('id', uuid)],
    get: operation({ id: 'getApproval', summary: 'One approval', ok: [200, answer('The approval', ref('Approval'))], errors: [403, 404] }),
  },
  '/api/approvals/{id}/decision': {
    parameters: [idIn('id', uuid)],
    post: operation({
      id: 'decideApproval',
      summary: 'Approve or reject, once (the client it was put to)',
      requestBody: body({ decision: { enum: ['approved', 'rejected'] } }, ['decision']),
      ok: [200, answer('The approval', ref('Approval'))],
      errors: [403, 404, 409, 422],
    }),
  },
  '/api/files': {
    get: operation({
      id: 'listFiles',
      summary: 'Files; clients get those of their cases',
      ok: [200, answer('Files', listOf('File'))],
      errors: [403],
    }),
    post: operation({
      id: 'uploadFile',
      summary: 'Upload a PDF, PNG, JPEG or text of up to 5 MB to a case',
      requestBody: uploadBody,
      ok: [201, answer('Id of the file', { type: 'object', required: ['id'], properties: { id: uuid } })],
      errors: [403, 404, 413, 415, 422],
    }),
  },
  '/api/files/{id}': {
    parameters: [idIn('id', uuid)],
    get: operation({
      id: 'downloadFile',
      summary: 'The contents of a file',
      ok: [200, answer('The file', { type: 'string', format: 'binary' }, '*/*')],
      errors: [403, 404],
    }),
    delete: operation({ id: 'deleteFile', summary: 'Delete a file (owner, staff)', ok: [204, answer('Deleted')], errors: [403, 404] }),
  },
};
