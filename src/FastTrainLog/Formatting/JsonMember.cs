using FastTrainLog.Utf8Text;

namespace FastTrainLog.Formatting;

/// <summary>An argument in a JSON line.</summary>
/// <param name="Argument">Its index.</param>
/// <param name="Lead">What is between the value before and its own: commas, objects that end and begin, its name, a colon.</param>
internal readonly record struct JsonMember(int Argument, Utf8Literal Lead);
