// The foot tells of what the pointer is on: pairs of a word and a sentence.
const table = document.querySelector("table"), told = document.getElementById("told");

function tell(pairs) {
	told.replaceChildren();
	for (const [word, text] of pairs) {
		const dt = document.createElement("dt"), dd = document.createElement("dd");
		dt.textContent = word;
		dd.textContent = text;
		told.append(dt, dd);
	}
}
