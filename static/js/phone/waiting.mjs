// On the pages of hours: sends what waits on this phone, and says what still does.
// <div data-phone-waiting hidden> holds [data-words] and a link to the quick form; [data-phone-arrived] what has come in.
import { inWords, person, waiting } from "./keeping.mjs";
import { register } from "./registering.mjs";
import { listen, sendAll } from "./sending.mjs";

const still = document.querySelector("[data-phone-waiting]");
const came = document.querySelector("[data-phone-arrived]");

async function show() {
  const owner = (await person())?.owner;
  const own = (await waiting()).filter((one) => one.owner === owner);
  still.hidden = !own.length;
  still.querySelector("[data-words]").textContent = inWords(own.length);
}

listen(({ logged }) => {
  if (logged.length) came.hidden = false;
  show();
});
register();
addEventListener("online", sendAll);
sendAll().then(show);
