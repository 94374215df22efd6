"""PyInstaller reads this: the models are data of their package."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("holistic_models_heavy", includes=["*/*.gz"])
