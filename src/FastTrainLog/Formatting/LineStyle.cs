namespace FastTrainLog.Formatting;

/// <summary>The configurable style of the library's own lines.</summary>
/// <param name="HasSymbols">Whether lines of text have symbols before a run's messages.</param>
/// <param name="Message">How JSON lines represent their messages.</param>
internal readonly record struct LineStyle(bool HasSymbols, JsonMessageForm Message = JsonMessageForm.Text);
