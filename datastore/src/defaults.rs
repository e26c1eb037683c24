//! The reference's default templates and formatters (`configs/datastores/fileDatastore.yaml`, `formatters.yaml`).

use crate::lookup::LookupValue;

const DEFAULT_TEMPLATE: &str = "{run:/}/{datasetType}.{component:?}/{tract:?}/{patch:?}/\
    {day_obs|visit.day_obs|exposure.day_obs:?}/{band:?}/{subfilter:?}/{physical_filter:?}/{visit:?}/\
    {exposure.obs_id|group:?}/{datasetType}_{component:?}_{instrument:?}_{tract:?}_{patch:?}_{band:?}_\
    {physical_filter:?}_{visit:?}_{exposure.obs_id|group:?}_{detector.full_name:?}_{skymap:?}_{skypix:?}_\
    {ssp_hypothesis_table:?}_{ssp_hypothesis_bundle:?}_{ssp_balanced_index:?}_{run}";

const RAW_TEMPLATE: &str = "{run:/}/{datasetType}.{component:?}/{day_obs|exposure.day_obs}/{exposure.obs_id}/\
    {datasetType}_{component:?}_{instrument:?}_{physical_filter}_{exposure.obs_id}_{detector.full_name}_{run}";

/// The default `datastore.templates` section.
pub fn templates() -> Vec<(String, LookupValue)> {
    [
        ("default", DEFAULT_TEMPLATE),
        ("physical_filter+detector+exposure", RAW_TEMPLATE),
    ]
    .map(|(key, template)| (key.to_owned(), LookupValue::Text(template.to_owned())))
    .to_vec()
}

/// The default `datastore.formatters` section, without write parameters.
pub fn formatters() -> Vec<(String, LookupValue)> {
    let each = |(formatter, keys): &(&str, &[&str])| {
        let value = LookupValue::Text((*formatter).to_owned());
        keys.iter()
            .map(|key| ((*key).to_owned(), value.clone()))
            .collect::<Vec<_>>()
    };
    FORMATTERS.iter().flat_map(each).collect()
}

/// Extensions that a formatter class of `lsst.daf.butler` reads; `None` for every other class.
pub(crate) fn extensions(formatter: &str) -> Option<&'static [&'static str]> {
    let class = formatter.strip_prefix("lsst.daf.butler.formatters.")?;
    Some(match class {
        "astropyTable.AstropyTableFormatter" => &[".ecsv"],
        "json.JsonFormatter" => &[".json"],
        "logs.ButlerLogRecordsFormatter" => &[".json", ".log"],
        "matplotlib.MatplotlibFormatter" => &[".png"],
        "packages.PackagesFormatter" => &[".json", ".pickle", ".pkl", ".yaml"],
        "parquet.ParquetFormatter" => &[".parq"],
        "pickle.PickleFormatter" => &[".pickle"],
        "yaml.YamlFormatter" => &[".yaml"],
        _ => return None,
    })
}

const FORMATTERS: &[(&str, &[&str])] = &[
    (
        "lsst.daf.butler.formatters.json.JsonFormatter",
        &[
            "int",
            "TaskMetadata",
            "MetricMeasurementBundle",
            "Timespan",
            "RegionTimeInfo",
            "VisitBackgroundModel",
            "VisitGeometry",
        ],
    ),
    (
        "lsst.obs.base.formatters.fitsGeneric.FitsGenericFormatter",
        &[
            "TablePersistable",
            "Wcs",
            "Psf",
            "CoaddInputs",
            "VisitInfo",
            "ApCorr",
            "PhotoCalib",
            "FilterLabel",
            "TransmissionCurve",
            "Camera",
            "Detector",
            "Polygon",
            "Catalog",
            "PeakCatalog",
            "SimpleCatalog",
            "SourceCatalog",
            "ExposureCatalog",
            "Defects",
            "IsrCalib",
            "QECurve",
            "CrosstalkCalib",
            "PhotonTransferCurveDataset",
            "Linearizer",
            "BrighterFatterKernel",
            "MatchingKernel",
            "FiberSpectrum",
            "Background",
            "StampsBase",
            "Stamps",
        ],
    ),
    (
        "lsst.daf.butler.formatters.yaml.YamlFormatter",
        &[
            "ExposureSummaryStats",
            "PropertyList",
            "PropertySet",
            "MetricValue",
            "StructuredDataDict",
        ],
    ),
    (
        "lsst.pipe.tasks.objectMasks.RegionFileFormatter",
        &["ObjectMaskCatalog"],
    ),
    (
        "lsst.daf.butler.formatters.parquet.ParquetFormatter",
        &[
            "DataFrame",
            "ArrowAstropy",
            "ArrowNumpy",
            "ArrowNumpyDict",
            "ArrowTable",
            "ArrowSchema",
        ],
    ),
    (
        "lsst.obs.base.formatters.fitsExposure.FitsImageFormatter",
        &["Image", "ImageF", "ImageU"],
    ),
    (
        "lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter",
        &["DecoratedImageU", "Exposure", "ExposureF", "ExposureI"],
    ),
    (
        "lsst.obs.base.formatters.fitsExposure.FitsMaskFormatter",
        &["Mask", "MaskX"],
    ),
    (
        "lsst.obs.base.formatters.fitsExposure.FitsMaskedImageFormatter",
        &["MaskedImageF"],
    ),
    (
        "lsst.daf.butler.formatters.pickle.PickleFormatter",
        &["SkyMap", "FocalPlaneBackground", "NumpyArray"],
    ),
    (
        "lsst.pipe.base.formatters.pexConfig.PexConfigFormatter",
        &["Config"],
    ),
    (
        "lsst.daf.butler.formatters.packages.PackagesFormatter",
        &["Packages"],
    ),
    (
        "lsst.daf.butler.formatters.matplotlib.MatplotlibFormatter",
        &["Plot"],
    ),
    (
        "lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter",
        &["AstropyTable", "AstropyQTable"],
    ),
    (
        "lsst.pipe.tasks.healSparseMapping.HealSparseMapFormatter",
        &["HealSparseMap"],
    ),
    (
        "lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter",
        &["ButlerLogRecords"],
    ),
    (
        "lsst.atmospec.formatters.SpectractorSpectrumFormatter",
        &["SpectractorSpectrum"],
    ),
    (
        "lsst.atmospec.formatters.SpectractorImageFormatter",
        &["SpectractorImage"],
    ),
    (
        "lsst.atmospec.formatters.SpectractorFitParametersFormatter",
        &["SpectractorFitParameters"],
    ),
    (
        "lsst.meas.extensions.scarlet.io.ScarletModelFormatter",
        &["ScarletModelData", "LsstScarletModelData"],
    ),
    (
        "lsst.cell_coadds.CellCoaddFitsFormatter",
        &["MultipleCellCoadd"],
    ),
    (
        "lsst.meas.transiNet.modelPackages.NNModelPackageFormatter",
        &["NNModelPackagePayload"],
    ),
    (
        "lsst.meas.photoz.base.qp_formatter.QPFormatter",
        &["QPEnsemble"],
    ),
    (
        "lsst.meas.photoz.base.model_formatter.ModelFormatter",
        &["PZModel", "PhotozModel"],
    ),
    (
        "lsst.ts.observatory.control.utils.extras.vignetting_storage.VignettingCorrectionFormatter",
        &["VignettingCorrection"],
    ),
    (
        "lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFileFormatter",
        &["SSPAuxiliaryFile"],
    ),
    (
        "lsst.pipe.base.quantum_graph.formatter.ProvenanceFormatter",
        &["ProvenanceQuantumGraph"],
    ),
    (
        "lsst.images.formatters.GenericFormatter",
        &[
            "Transform",
            "SkyProjection",
            "ImageV2",
            "MaskV2",
            "MaskedImageV2",
            "VisitImage",
            "DifferenceImage",
            "ConvolutionKernel",
            "ColorImage",
            "ExtendedPsfCandidates",
            "ExtendedPsfImage",
            "CellCoadd",
        ],
    ),
];
