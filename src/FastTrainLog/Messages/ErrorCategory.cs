namespace FastTrainLog.Training;

/// <summary>The category of an exception, as <see cref="ErrorClassifier"/> determines it.</summary>
public enum ErrorCategory
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>Memory ran out, of the host or of the GPU.</summary>
    OutOfMemory,

    /// <summary>The GPU, its driver or its libraries failed.</summary>
    Cuda,

    /// <summary>The shapes of tensors do not match.</summary>
    ShapeMismatch,

    /// <summary>Tensors are on different devices or have different element types.</summary>
    TensorMismatch,

    /// <summary>Values are not finite.</summary>
    NonFinite,

    /// <summary>A file, a disk or the network failed.</summary>
    InputOutput,

    /// <summary>Data is not what the program expects.</summary>
    Data,

    /// <summary>The operation was cancelled.</summary>
    Cancelled,

    /// <summary>The operation took longer than allowed.</summary>
    Timeout,

    /// <summary>A native library is missing or incompatible.</summary>
    NativeLibrary,

    /// <summary>An argument or a setting is wrong.</summary>
    Configuration,
}
