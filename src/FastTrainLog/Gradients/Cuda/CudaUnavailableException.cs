namespace FastTrainLog.Gradients.Cuda;

/// <summary>Reports why the kernels cannot run on a device, or can no longer; the clipper catches it, reports it once and falls back.</summary>
internal sealed class CudaUnavailableException(string message) : Exception(message);
