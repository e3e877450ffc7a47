namespace FastTrainLog;

/// <summary>The form of a log's console output.</summary>
public enum ConsoleView
{
    /// <summary>On a terminal a live line, a table of epochs, short warnings and a summary; elsewhere a line for each epoch, and one every few seconds.</summary>
    Progress,

    /// <summary>Each record, including steps, as a line of text, as in the files.</summary>
    Records,
}
