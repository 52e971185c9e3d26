// Connects the page with its server: shows the server's events, and sends the user's actions.
import './attacks.js';
import { byId, element } from './element.js';
import { showJourney, showJourneys } from './journeys.js';
import { showFields, written } from './message.js';
import { namePlaces, shownPlace, showPlace } from './place.js';
import { post } from './server.js';
import { showQueues, showTrouble } from './trouble.js';

function showConnection(state, text) {
  const badge = byId('connection');
  badge.dataset.state = state;
  badge.textContent = text;
}

function showAddresses({ cache, topic, webhookUrl, publisherUrl, tokensUrl }) {
  const all = {
    Webhook: webhookUrl,
    Publisher: publisherUrl,
    'Token service': tokensUrl,
    Cache: cache,
    Topic: topic,
  };
  const pairs = Object.entries(all).map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, element('code', {}, value))),
  );
  byId('addresses').replaceChildren(...pairs);
}

const events = new EventSource('api/events');
const on = (name, show) => events.addEventListener(name, (event) => show(JSON.parse(event.data)));
on('state', ({ journeys, queues, trouble, stack, example, place, placeName, storeName }) => {
  showFields(example);
  namePlaces(placeName);
  byId('store-name').textContent = storeName;
  showJourneys(journeys);
  showQueues(queues);
  showTrouble(trouble);
  showAddresses(stack);
  showPlace(shownPlace() || place);
  showConnection('done', 'connected');
});
on('journey', (journey) => {
  showJourney(journey);
  if (journey.steps.outcome?.state === 'done' && journey.place === shownPlace()) showPlace();
});
on('queues', showQueues);
on('trouble', showTrouble);
events.addEventListener('error', () => showConnection('failed', 'the stack has ended or is restarting'));

const form = byId('publish');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = byId('published');
  answer.textContent = '';
  try {
    const { userId, message: fields } = written();
    const { status, message, place } = await post('api/publish', { userId, ...fields });
    if (status === 200 && place !== shownPlace()) showPlace(place);
    answer.textContent =
      status === 200 ? 'The publisher answered 200' : `The publisher answered ${status}: ${message}`;
    answer.dataset.state = status === 200 ? 'done' : 'failed';
  } catch (error) {
    answer.textContent = error.message;
    answer.dataset.state = 'failed';
  }
});
