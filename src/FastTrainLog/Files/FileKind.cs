namespace FastTrainLog.Files;

/// <summary>What is under a name in a directory.</summary>
internal enum FileKind
{
    /// <summary>A FIFO, a socket or a block device: opening one may block for ever.</summary>
    Other,

    /// <summary>A character device, such as <c>/dev/null</c>.</summary>
    Device,

    /// <summary>A file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,
}
