# What the schema of SARIF 2.1.0 requires of the parts that `vfwalk scan` writes: true, or what is
# wrong. The schema itself is not Debian's to give.
def message: type == "object" and (.text | type == "string");
def only($keys): (keys - $keys) == [];
def level: IN("none", "note", "warning", "error");
def uri: type == "string" and test("^[A-Za-z0-9/._~+,=@:%-]+$") and (test("%(?![0-9A-F]{2})") | not);
def place: only(["physicalLocation", "message"]) and
	(.message == null or (.message | message)) and
	(.physicalLocation | only(["artifactLocation", "region"]) and
		(.artifactLocation | only(["uri"]) and (.uri | uri)) and
		(.region == null or
			(.region | only(["startLine", "startColumn"]) and .startLine >= 1 and .startColumn >= 1)));
def flow: only(["threadFlows"]) and (.threadFlows | length) >= 1 and
	(.threadFlows | all(only(["locations"]) and (.locations | length) >= 1 and
		(.locations | all(only(["location"]) and (.location | place)))));
def suppression: only(["kind", "justification"]) and (.kind | IN("inSource", "external")) and
	(.justification | type == "string");
def rule: only(["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"]) and
	(.id | type == "string") and (.shortDescription | message) and (.fullDescription | message) and
	(.help | message) and (.defaultConfiguration.level | level);
def result($rules): only(["ruleId", "ruleIndex", "level", "message", "locations", "codeFlows", "suppressions"]) and
	(.message | message) and (.level | level) and (.locations | length == 1 and all(place)) and
	.ruleId == $rules[.ruleIndex].id and
	(.codeFlows == null or (.codeFlows | all(flow))) and
	(.suppressions == null or (.suppressions | all(suppression)));
def invocation: (.executionSuccessful | type == "boolean") and (.exitCode | type == "number") and
	(.toolExecutionNotifications | all((.message | message) and (.level | level) and (.locations | all(place))));
if .version != "2.1.0" or (only(["$schema", "version", "runs"]) | not) then "log"
elif (.runs | length) != 1 or (.runs[0] | only(["tool", "invocations", "columnKind", "results"]) | not) then "run"
elif .runs[0].columnKind | IN("utf16CodeUnits", "unicodeCodePoints") | not then "columnKind"
elif .runs[0].tool | only(["driver"]) and (.driver | only(["name", "version", "rules"]) and
	(.name | type == "string")) | not then "tool"
elif .runs[0].tool.driver.rules | (map(.id) | unique | length) == length and all(rule) | not then "rule"
elif .runs[0].invocations | all(invocation) | not then "invocation"
elif .runs[0].tool.driver.rules as $rules | .runs[0].results | all(result($rules)) | not then "result"
else true end
