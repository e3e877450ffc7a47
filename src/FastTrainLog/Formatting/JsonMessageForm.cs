namespace FastTrainLog;

/// <summary>How a JSON line represents its message.</summary>
public enum JsonMessageForm
{
    /// <summary>The member <c>message</c> is the message.</summary>
    Text,

    /// <summary>
    /// The member <c>template</c> is the message's template, if the message can be reconstructed exactly from it and the properties; otherwise as in <see cref="Text"/>.
    /// A template is the same in every line of a call, so the lines compress better.
    /// </summary>
    Template,
}
