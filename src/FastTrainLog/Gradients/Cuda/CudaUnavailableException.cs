namespace FastTrainLog.Gradients.Cuda;

/// <summary>Says why the kernels cannot run on a device, or can no longer; the clipper catches it, reports it once and hands over.</summary>
internal sealed class CudaUnavailableException(string message) : Exception(message);
