namespace FastTrainLog.Sinks;

/// <summary>A file would outgrow what the file system, or the process's own limit (<c>ulimit -f</c>), allows.</summary>
internal sealed class FileTooLargeException(string path, Exception inner)
    : IOException($"{path} would exceed the limit of a file's size (ulimit -f, or that of the file system); set TrainLogOptions.MaxFileSize below it.", inner);
