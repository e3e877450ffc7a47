namespace FastTrainLog.Formatting;

/// <summary>The format of an argument in a template, parsed once per call site.</summary>
internal readonly struct ArgumentFormat
{
    private ArgumentFormat(string? text) => Text = text;

    /// <summary>Gets the format string, or null for the type's default form.</summary>
    public string? Text { get; }

    public static ArgumentFormat Parse(string? text) => new(string.IsNullOrEmpty(text) ? null : text);
}
