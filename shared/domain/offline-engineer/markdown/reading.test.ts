import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppModel } from '../app-model.ts';
import { readMarkdownSpec } from './index.ts';
import { computedLines, endpointLines, fieldOf, modelOf, resourceOf, ruleLines, show } from './testing/notation.ts';

const read = (path: string): AppModel =>
  modelOf(readMarkdownSpec(readFileSync(`${import.meta.dirname}/${path}`, 'utf8')));
const example = (name: string): AppModel => read(`../../../../examples/${name}/spec.md`);
const spec = (name: string): AppModel => read(`testing/${name}.md`);

const names = (model: AppModel): readonly string[] => model.resources.map((resource) => resource.name);

describe('the bookshelf example', () => {
  const model = example('bookshelf');

  it('declares books, members and loans', () => {
    expect(model.name).toBe('bookshelf');
    expect(names(model)).toEqual(['book', 'member', 'loan']);
    expect(model.pagination).toEqual({ defaultLimit: 20, maxLimit: 100 });
  });

  it('types the fields of lists, tables and prose', () => {
    expect(fieldOf(model, 'book', 'title')).toMatchObject({ type: 'string', required: true, maxLength: 200 });
    expect(fieldOf(model, 'book', 'isbn')).toMatchObject({ required: false, pattern: '^[0-9]{13}$' });
    expect(fieldOf(model, 'book', 'publishedYear')).toMatchObject({ type: 'integer', minimum: 1450, maximum: 2100 });
    expect(fieldOf(model, 'book', 'genre')).toMatchObject({
      type: 'enum',
      values: ['fiction', 'non-fiction', 'children', 'reference'],
      default: { kind: 'literal', value: 'fiction' },
    });
    expect(fieldOf(model, 'member', 'email')).toMatchObject({ type: 'email', required: true });
    expect(fieldOf(model, 'member', 'active')).toMatchObject({ type: 'boolean', default: { value: true } });
    expect(fieldOf(model, 'loan', 'bookId')).toMatchObject({
      type: 'reference',
      required: true,
      reference: { resource: 'book' },
    });
    expect(show(fieldOf(model, 'loan', 'dueDate').default ?? { kind: 'now' })).toBe('(startDate + 14 days)');
    expect(resourceOf(model, 'book').unique).toEqual([['isbn']]);
    expect(resourceOf(model, 'member').unique).toEqual([['email']]);
  });

  it('understands every rule', () => {
    expect(ruleLines(model)).toEqual([
      'loan not on create: (bookId.genre == "reference")',
      'loan not on create: (count(loan | (((item.bookId == bookId) and (item.returnDate == null)) and (item.id != id))) > 0)',
      'loan not on create, update: (dueDate <= startDate)',
      'loan not on create, update: ((returnDate == null) and (count(loan | (((item.memberId == memberId) and (item.returnDate == null)) and (item.id != id))) >= 5))',
      'loan not on create: (memberId.active != true)',
      'loan not on return: (previous.returnDate != null)',
      'book not on delete: (count(loan | ((item.bookId == id) and (item.returnDate == null))) > 0)',
      'member not on delete: (count(loan | ((item.memberId == id) and (item.returnDate == null))) > 0)',
    ]);
    expect(computedLines(model)).toEqual(['loan.overdue = ((dueDate < today) and (returnDate == null))']);
  });

  it('finds the extra endpoints, filters and search', () => {
    expect(endpointLines(model)).toEqual([
      'POST /loans/:id/return {} returnDate = today',
      'GET /members/:id/loans loan by memberId',
      'GET /loans/overdue loan where (item.overdue == true)',
      'GET /stats books = count(book); members = count(member); openLoans = count(loan | (item.returnDate == null)); overdueLoans = count(loan | (item.overdue == true))',
    ]);
    expect(resourceOf(model, 'book')).toMatchObject({
      searchable: ['title', 'author'],
      filterable: ['genre'],
      hasPage: true,
      labelField: 'title',
    });
  });
});

describe('the issue tracker example', () => {
  const model = example('issue-tracker');

  it('reads references, enums and flags', () => {
    expect(names(model)).toEqual(['project', 'label', 'issue', 'comment']);
    expect(fieldOf(model, 'project', 'key')).toMatchObject({
      immutable: true,
      pattern: '^[A-Z]{2,6}$',
      required: true,
    });
    expect(fieldOf(model, 'issue', 'priority')).toMatchObject({ values: ['low', 'medium', 'high', 'urgent'] });
    expect(fieldOf(model, 'issue', 'estimateInHours')).toMatchObject({
      type: 'number',
      minimum: 0,
      exclusiveMinimum: true,
    });
    expect(fieldOf(model, 'comment', 'issueId').reference).toEqual({ resource: 'issue', onDelete: 'cascade' });
    expect(resourceOf(model, 'comment').operations).toEqual(['list', 'create', 'read', 'delete']);
    expect(resourceOf(model, 'issue').unique).toContainEqual(['title', 'projectId']);
    expect(model.pagination).toEqual({ defaultLimit: 25, maxLimit: 200 });
  });

  it('understands transitions, requirements and effects', () => {
    const rules = ruleLines(model);
    expect(rules).toContain('issue.status from open: open>in_progress in_progress>done done>closed closed>open');
    expect(rules).toContain('issue not on create, update: ((status == "closed") and (resolution == null))');
    expect(rules).toContain('issue not on create: (projectId.archived == true)');
    expect(rules).toContain('comment not on create: (issueId.status == "closed")');
    expect(rules).toContain(
      'issue on create, update, reopen when ((status == "open") and (previous.status != "open")): closedAt = null',
    );
    expect(computedLines(model)).toEqual(['issue.commentCount = count(comment | (item.issueId == id))']);
  });

  it('reads endpoints from a table', () => {
    expect(endpointLines(model)).toEqual([
      'POST /issues/:id/start {assignee} status = "in_progress"',
      'POST /issues/:id/close {resolution} status = "closed"; closedAt = now',
      'POST /issues/:id/reopen {} status = "open"',
      'GET /projects/:id/issues issue by projectId',
      'GET /issues/:id/comments comment by issueId',
      'GET /issues/urgent issue where ((item.status == "open") and (item.priority == "urgent"))',
      'GET /projects/:id/summary issuesByStatus = issue by status',
    ]);
  });

  it('puts counted or grouped figures of one record to that record', () => {
    const summary = model.endpoints.find((endpoint) => endpoint.name === 'projects-summary');
    expect(summary).toMatchObject({ kind: 'figures', parent: { resource: 'project' } });
  });
});

interface Expected {
  readonly resources: readonly string[];
  readonly rules?: readonly string[];
  readonly computed?: readonly string[];
  readonly endpoints?: readonly string[];
  readonly unique?: Readonly<Record<string, readonly (readonly string[])[]>>;
}

const strangers: Readonly<Record<string, Expected>> = {
  recipes: {
    resources: ['recipe', 'ingredient', 'rating'],
    rules: [
      'recipe not on publish: (count(ingredient | (item.recipeId == id)) < 1)',
      'rating not on create: (recipeId.published != true)',
    ],
    computed: [
      'recipe.totalMinutes = (prepMinutes + cookMinutes)',
      'recipe.averageStars = average(rating of item.stars | (item.recipeId == id))',
    ],
    endpoints: [
      'POST /recipes/:id/publish {} published = true',
      'GET /recipes/top recipe where (item.averageStars >= 4)',
    ],
    unique: { rating: [['reviewer', 'recipeId']] },
  },
  'room-booking': {
    resources: ['room', 'booking'],
    rules: [
      'booking not on create, update: (endTime <= startTime)',
      'booking not on create, update: ((cancelled != true) and (count(booking | (((((item.roomId == roomId) and (item.id != id)) and (item.startTime < endTime)) and (startTime < item.endTime)) and (item.cancelled != true))) > 0))',
      'booking not on create, update: (numberOfAttendees > roomId.capacity)',
      'booking not on create, update: (endTime > (startTime + 8 hours))',
      'booking not on update: (previous.cancelled == true)',
      'room not on delete: (count(booking | (item.roomId == id)) > 0)',
    ],
    endpoints: ['POST /bookings/:id/cancel {} cancelled = true'],
    unique: { room: [['name']] },
  },
  invoices: {
    resources: ['customer', 'invoice', 'line'],
    rules: [
      'invoice.status from draft: draft>sent sent>paid|void paid> void>',
      'invoice not on update: (previous.status == "paid")',
      'invoice not on delete: (status == "paid")',
      'line not on delete: (invoiceId.status != "draft")',
      'invoice not on create, update: (dueOn < issuedOn)',
    ],
    computed: [
      'invoice.total = sum(line of item.total | (item.invoiceId == id))',
      'line.total = (quantity * unitPrice)',
    ],
    endpoints: ['GET /invoices/overdue invoice where ((item.status == "sent") and (item.dueOn < today))'],
  },
  warehouse: {
    resources: ['product', 'movement'],
    rules: [
      'movement on create when (kind == "in"): productId.stock = (item.stock + quantity)',
      'movement on create when (kind == "out"): productId.stock = (item.stock - quantity)',
      'movement not on create, update: ((kind == "out") and (quantity > productId.stock))',
      'movement not on create: (productId.discontinued == true)',
      'movement not on create, update: ((kind == "out") and (reason == null))',
    ],
    computed: ['product.needsReordering = (stock < reorderLevel)', 'product.stockValue = (stock * unitPrice)'],
    endpoints: [
      'GET /products/low-stock product where (item.stock < item.reorderLevel)',
      'GET /stats products = count(product); totalStockValue = sum(product of item.stockValue); discontinuedProducts = count(product | (item.discontinued == true))',
    ],
  },
  gym: {
    resources: ['trainer', 'class', 'member', 'enrollment'],
    rules: [
      'enrollment not on create, update: ((status == "booked") and (count(enrollment | (((item.classId == classId) and (item.status == "booked")) and (item.id != id))) >= classId.capacity))',
      'trainer not on delete: (count(class | (item.trainerId == id)) > 0)',
    ],
    computed: [
      'class.spotsLeft = (capacity - count(enrollment | ((item.classId == id) and (item.status == "booked"))))',
    ],
    unique: { enrollment: [['memberId', 'classId']] },
  },
  'pet-clinic': {
    resources: ['owner', 'pet', 'vet', 'visit'],
    rules: ['pet not on create, update: (birthDate > today)', 'visit not on create, update: (date < petId.birthDate)'],
    computed: [
      'owner.fullName = ((firstName + " ") + lastName)',
      'pet.numberOfVisits = count(visit | (item.petId == id))',
    ],
    unique: { visit: [['vetId', 'petId', 'date']] },
  },
  courses: {
    resources: ['student', 'course', 'enrolment'],
    rules: [
      'course.status from planned: planned>open open>closed closed>',
      'enrolment not on create: (courseId.status != "open")',
    ],
    unique: { enrolment: [['studentId', 'courseId']], student: [['email']] },
  },
  expenses: {
    resources: ['category', 'expense'],
    rules: ['expense not on create, update: (amount > 10000)', 'expense not on delete: (reimbursed == true)'],
    computed: ['category.remaining = (budget - totalSpent)'],
    endpoints: [
      'GET /summary totalAmount = sum(expense of item.amount); expenses = count(expense); averageAmount = average(expense of item.amount)',
    ],
  },
  tickets: {
    resources: ['venue', 'event', 'ticket'],
    rules: [
      'ticket not on create: (eventId.status != "on_sale")',
      'ticket.status from reserved: reserved>paid paid>refunded refunded>',
      'event not on update: (previous.status == "cancelled")',
    ],
    computed: ['ticket.totalPrice = (quantity * eventId.price)'],
  },
  helpdesk: {
    resources: ['customer', 'agent', 'ticket', 'reply'],
    rules: [
      'ticket not on create, update: ((status == "solved") and (agentId == null))',
      'ticket not on create, update: (((status == "assigned") and (previous.status != "assigned")) and (agentId.onDuty != true))',
      'reply not on create: (ticketId.status == "solved")',
    ],
  },
  crm: {
    resources: ['company', 'contact', 'deal'],
    rules: ['deal.stage from lead: lead>qualified qualified>proposal proposal>won|lost won> lost>'],
    computed: [
      'company.pipelineValue = sum(deal of item.value | ((item.companyId == id) and !item.stage in [won, lost]))',
    ],
    unique: { contact: [['email', 'companyId']], company: [['name']] },
  },
  'time-tracking': {
    resources: ['client', 'project', 'time-entry'],
    rules: [
      'time-entry not on create: (projectId.active != true)',
      'time-entry not on update: (previous.invoiced == true)',
    ],
    computed: ['time-entry.amount = (hours * projectId.clientId.hourlyRate)'],
    endpoints: ['GET /reports/unbilled time-entry where ((item.billable == true) and (item.invoiced != true))'],
  },
  parking: {
    resources: ['spot', 'session'],
    rules: [
      'session not on create: (count(session | (((item.spotId == spotId) and (item.leftAt == null)) and (item.id != id))) > 0)',
      'session not on create, update: ((leftAt == null) and (count(session | (((item.plate == plate) and (item.leftAt == null)) and (item.id != id))) >= 1))',
    ],
    endpoints: ['POST /sessions/:id/leave {} leftAt = now', 'GET /spots/free spot where (item.free == true)'],
  },
  hotel: {
    resources: ['room', 'guest', 'reservation'],
    rules: [
      'reservation.status from requested: requested>confirmed|cancelled confirmed>checked_in|cancelled checked_in>checked_out checked_out> cancelled>',
      'reservation not on create, update: (numberOfPersons > roomId.numberOfBeds)',
    ],
    endpoints: ['POST /reservations/:id/check-in {} status = "checked_in"'],
  },
  todo: {
    resources: ['list', 'task'],
    rules: ['task on reopen when (previous.done == true): completedAt = null'],
    endpoints: ['POST /tasks/:id/complete {} done = true; completedAt = now', 'POST /tasks/:id/reopen {} done = false'],
  },
  polls: {
    resources: ['poll', 'option', 'vote'],
    rules: ['vote not on create: (pollId.open != true)', 'vote not on create, update: (optionId.pollId != pollId)'],
    unique: { vote: [['voter', 'pollId']], option: [['text', 'pollId']] },
  },
  habits: {
    resources: ['habit', 'check-in'],
    rules: ['check-in not on create: (habitId.active != true)', 'check-in not on create: (day > today)'],
    unique: { 'check-in': [['habitId', 'day']] },
  },
  fleet: {
    resources: ['vehicle', 'driver', 'trip'],
    rules: [
      'trip not on create: (vehicleId.status != "available")',
      'trip on create: vehicleId.status = "in_use"',
      'trip on end: vehicleId.mileage = endMileage',
      'trip not on create, update: (endMileage < startMileage)',
    ],
    computed: ['trip.distance = (endMileage - startMileage)'],
  },
  library: {
    resources: ['author', 'book', 'copy', 'patron', 'checkout'],
    rules: [
      'checkout not on create: (copyId.condition == "damaged")',
      'checkout not on create: (patronId.membershipExpiryDate < today)',
    ],
  },
  blog: {
    resources: ['author', 'post', 'comment'],
    rules: [
      'post not on update: ((slug != previous.slug) and (previous.status == "published"))',
      'post.status from draft: draft>published published>archived archived>',
    ],
    endpoints: ['POST /comments/:id/approve {} approved = true'],
    unique: { post: [['slug']] },
  },
  orders: {
    resources: ['customer', 'product', 'order', 'order-line'],
    rules: [
      'order-line on create: productId.stock = (item.stock - quantity)',
      'order-line not on create: (orderId.status != "open")',
    ],
    computed: [
      'order.total = sum(order-line of item.lineTotal | (item.orderId == id))',
      'order-line.lineTotal = (quantity * productId.price)',
    ],
  },
  equipment: {
    resources: ['tool', 'rental'],
    rules: [
      'rental not on create, update: (untilDate < fromDate)',
      'tool not on delete: (count(rental | ((item.toolId == id) and (item.returned != true))) > 0)',
    ],
  },
  songs: {
    resources: ['song', 'playlist', 'playlist-entry'],
    computed: ['playlist.totalDuration = sum(playlist-entry of item.songId.duration | (item.playlistId == id))'],
    unique: {
      'playlist-entry': [
        ['songId', 'playlistId'],
        ['position', 'playlistId'],
      ],
    },
  },
  'car-sharing': {
    resources: ['car', 'driver', 'reservation'],
    rules: [
      'reservation not on create: !(driverId.licenseValidUntil >= today)',
      'reservation not on create: (carId.available != true)',
      'reservation not on create, update: ((status == "finished") and (kilometers == null))',
      'reservation.status from planned: planned>active|cancelled active>finished finished> cancelled>',
    ],
    endpoints: [
      'GET /stats totalKilometers = sum(reservation of item.kilometers); reservationsByStatus = reservation by status',
    ],
  },
  garden: {
    resources: ['plot', 'gardener', 'lease'],
    rules: ['lease not on delete: (paidAt != null)'],
    computed: [
      'plot.vacant = (count(lease | (item.plotId == id)) == 0)',
      'lease.fee = (plotId.sizeInSquareMeters * 4)',
    ],
    endpoints: ['GET /leases/unpaid lease where (item.paidAt == null)'],
    unique: { lease: [['plotId', 'year']] },
  },
  budget: {
    resources: ['account', 'transaction'],
    rules: [
      'transaction not on create, update: (amount == 0)',
      'transaction not on create, update: (date > (today + 30 days))',
    ],
    computed: ['account.balance = (openingBalance + sum(transaction of item.amount | (item.accountId == id)))'],
  },
};

describe.each(Object.entries(strangers))('a stranger wrote %s', (name, expected) => {
  const model = spec(name);

  it('is understood as meant', () => {
    expect(names(model)).toEqual(expected.resources);
    expect(ruleLines(model)).toEqual(expect.arrayContaining([...(expected.rules ?? [])]));
    expect(computedLines(model)).toEqual(expect.arrayContaining([...(expected.computed ?? [])]));
    expect(endpointLines(model)).toEqual(expect.arrayContaining([...(expected.endpoints ?? [])]));
    for (const [resource, sets] of Object.entries(expected.unique ?? {})) {
      expect(resourceOf(model, resource).unique).toEqual(expect.arrayContaining([...sets]));
    }
  });
});
